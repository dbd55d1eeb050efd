from flask import Blueprint, jsonify, request
from flask_jwt_extended import jwt_required

from blog import db
from blog.models import User

users = Blueprint("users", __name__)


@users.get("/")
@jwt_required()
def list_users():
    page = User.query.order_by(User.id.desc()).paginate(page=request.args.get("page", 1, type=int), per_page=request.args.get("limit", 20, type=int))
    return jsonify(users=[user.to_dict() for user in page.items], total=page.total, page=page.page, pages=page.pages)


@users.get("/<int:user_id>")
@jwt_required()
def get_user(user_id):
    return jsonify(db.get_or_404(User, user_id).to_dict())
